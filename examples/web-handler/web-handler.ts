// A web request handler in the standard shape (Request in, Response out): it fits Hono, Bun, Deno,
// Next.js route handlers and service workers. GET /?prompt=… answers with the picture.
import { embedded } from '@comfygen/embedded';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { ComfygenError, createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';

const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
});

export async function handle(request: Request): Promise<Response> {
  const prompt = new URL(request.url).searchParams.get('prompt') ?? '';
  try {
    // The run ends when the visitor goes away, and after 30 seconds in any case.
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
    const status =
      error.code === 'INVALID_BRIEF' ? 400 : error.code === 'CLIENT_TIMEOUT' ? 504 : 502;
    return Response.json({ code: error.code, message: error.message }, { status });
  }
}
