import type { JobOutput } from 'comfygen/plugin';

const KINDS: [JobOutput['kind'], RegExp][] = [
  ['image', /\.(png|jpe?g|webp|gif|avif|bmp|tiff?)$/i],
  ['video', /\.(mp4|webm|mov|mkv|avi)$/i],
  ['audio', /\.(wav|flac|mp3|ogg|opus|m4a|aac)$/i],
  ['text', /\.(txt|md|json|csv|srt)$/i],
];

/** What a file is, by its name's extension. */
export function kindOfFile(fileName: string): JobOutput['kind'] {
  return KINDS.find(([, ending]) => ending.test(fileName))?.[0] ?? 'file';
}

/** The last step of a path or URL as a name that is no path: no separators, no control characters, not empty. */
export function fileNameOf(path: string, otherwise = 'output'): string {
  const [name = ''] = decoded(path.replace(/[?#].*$/s, ''))
    .split(/[/\\]/)
    .slice(-1);
  const safe = [...name].filter((letter) => letter >= ' ' && !':*?"<>|\x7f'.includes(letter));
  const kept = safe.join('').trim();
  return /^\.*$/.test(kept) ? otherwise : kept;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
