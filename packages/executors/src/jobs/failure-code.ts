import type { ErrorCode } from 'comfygen/plugin';

/** What an error's words say, those of Python and ComfyUI first. */
const WORDS: [ErrorCode, RegExp][] = [
  ['HOST_FAULT', /out of memory|outofmemory|cuda error|no kernel image|allocation on device/i],
  ['SERVER_DEADLINE', /time[d _-]?(limit|out)|deadline|executionTimeout/i],
  [
    'MISSING_MODEL',
    /(filenotfound|no such file|not found|does not exist).*\.(safetensors|sft|ckpt|pth?|gguf|onnx|bin)\b/is,
  ],
  ['MISSING_INPUT', /invalid (image|video|audio|mask) file|missing_asset|input images?$/i],
  [
    'HOST_FAULT',
    /not reachable|unreachable|websocket|connection (closed|refused|reset)|http communication|without confirmation|upstream|internal error|unexpected error|worker (died|exited|lost|crashed)|preempt|not found in history/i,
  ],
];

/** Why a job failed, by the text that it left: EXECUTION_FAILED where nothing else is known. */
export function codeOfText(text: string): ErrorCode {
  return WORDS.find(([, words]) => words.test(text))?.[0] ?? 'EXECUTION_FAILED';
}
