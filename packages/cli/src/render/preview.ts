import type { Io } from '../terminal/io.ts';
import { renderBlocks } from './blocks.ts';
import { previewKind, renderInlineImage } from './inline-image.ts';

/** The picture as this terminal can show it; empty where it cannot or should not. */
export function renderPreview(
  image: { bytes: Uint8Array; mediaType: string },
  io: Io,
  wanted: boolean | undefined,
): string {
  const kind = previewKind(io, wanted);
  if (kind === undefined || image.mediaType !== 'image/png') return '';
  return kind === 'blocks' ? renderBlocks(image.bytes) : renderInlineImage(image.bytes, kind);
}
