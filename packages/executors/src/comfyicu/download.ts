import { downloadFile, type HttpClient } from 'comfygen/http';
import { type CallContext, ComfygenError, type Downloaded, type JobOutput } from 'comfygen/plugin';
import { PART } from './options.ts';

/** A file of a run that is over may take this long to appear, in milliseconds after each try. */
const PAUSES_MS = [1_000, 3_000];

/** The bytes of an output. A file that is not there yet is requested again, up to twice. */
export async function downloadOutput(
  http: HttpClient,
  output: JobOutput,
  ctx: CallContext,
): Promise<Downloaded> {
  ctx.signal.throwIfAborted();
  const { url } = output.ref;
  if (typeof url !== 'string' || !/^https?:\/\//i.test(url))
    throw new ComfygenError('NOT_FOUND', `The output ${output.fileName} has no address.`, {
      part: PART,
    });
  for (let tries = 0; ; tries += 1) {
    try {
      return await downloadFile(http, { path: url, output }, ctx);
    } catch (error) {
      const pause = PAUSES_MS[tries];
      if (pause === undefined || !ComfygenError.is(error, 'OUTPUT_EXPIRED')) throw error;
      await ctx.clock.sleep(pause, ctx.signal);
    }
  }
}
