import { ComfygenError } from 'comfygen';

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed here',
  EACCES: 'you have no permission for that',
  EPERM: 'you have no permission for that',
  EROFS: 'it is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'it does not exist',
  ENXIO: 'it is not a plain file',
};

const MAKE_ROOM = 'Make room there, or choose another place with --out.';
const HINTS: Record<string, string> = { ENOSPC: MAKE_ROOM, EDQUOT: MAKE_ROOM, EFBIG: MAKE_ROOM };

/** The error for a failed file operation: FILE_ACCESS with the path, a reason in words, and the system's code. */
export function fileError(action: string, path: string, cause: unknown): ComfygenError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''] ?? message;
  return new ComfygenError('FILE_ACCESS', `Cannot ${action} ${path}: ${reason}.`, {
    cause,
    details: { path, systemCode: code, hint: HINTS[code ?? ''] },
  });
}
