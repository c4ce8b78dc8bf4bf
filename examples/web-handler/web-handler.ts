// A request handler in the standard shape (Request in, Response out), as Hono, Bun, Deno and route
// handlers of Next.js take it. GET /?prompt=… answers with the picture.
import { embedded } from '@comfygen/embedded';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { ComfygenError, createComfyGen, type ErrorCode } from 'comfygen';
import { loadFlows } from 'comfygen/node';

/** One for the whole server: runs wait for each other in it, so that a crowd can't overload it. */
export const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
});

/** The codes that the visitor can do something about; all others are ours to look into. */
const STATUS: { [code in ErrorCode]?: number } = {
  INVALID_BRIEF: 400,
  NO_FLOW: 422,
  CLIENT_TIMEOUT: 504,
  DISPOSED: 503,
};

/** Rejects only with the reason of the request's own signal, when the visitor has gone. */
export async function handle(request: Request): Promise<Response> {
  const prompt = new URL(request.url).searchParams.get('prompt') ?? '';
  try {
    const { best, flow } = await comfygen.generate(prompt, {
      signal: request.signal,
      timeoutMs: 30_000,
    });
    return new Response(best.bytes.slice(), {
      headers: {
        'content-type': best.mediaType,
        'x-comfygen-flow': flow.id,
        'x-comfygen-seed': best.seed,
      },
    });
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
    const { code, message } = error;
    return Response.json({ code, message }, { status: STATUS[code] ?? 502 });
  }
}
