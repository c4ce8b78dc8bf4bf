import type { ExecutorV1 } from '../../spec/index.ts';
import { wrapExecutor } from '../../util/wrap.ts';
import type { Run } from './case-time.ts';

/** The executor with the time passing while one of its calls is waited for; `watch` stays as it is. */
export function driveExecutor(executor: ExecutorV1, run: Run): ExecutorV1 {
  const driven =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    (...args: A) =>
      run(method.apply(executor, args));
  return wrapExecutor(executor, ({ submit, inspect, download, cancel, ...rest }) => ({
    submit: driven(submit),
    inspect: driven(inspect),
    download: driven(download),
    ...(cancel && { cancel: driven(cancel) }),
    ...(rest.upload && { upload: driven(rest.upload) }),
    ...(rest.inventory && { inventory: driven(rest.inventory) }),
    ...(rest.parseWebhook && { parseWebhook: driven(rest.parseWebhook) }),
  }));
}
