export { ERROR_CODES, type ErrorCode } from './errors/codes.ts';
export { ComfygenError, type ComfygenErrorOptions } from './errors/comfygen-error.ts';
export type * from './spec/index.ts';
