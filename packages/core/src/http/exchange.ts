/** One request as it goes out: redirects are not followed, nothing is repeated, no status is an error. */
export interface Outgoing {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | FormData | undefined;
  signal: AbortSignal;
  /** Whether it may go by Node's own HTTP, past fetch. */
  plain: boolean;
}

/** An answer's body, read piece by piece. */
interface IncomingBody {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
  cancel(): Promise<void>;
}

/** The head of an answer, as fetch gives it. */
export interface Incoming extends Pick<Response, 'status' | 'headers' | 'url' | 'type'> {
  body: IncomingBody | null;
}
