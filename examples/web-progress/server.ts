// The app with pictures of the emoji world.
import { embedded } from '@comfygen/embedded';
import { rules } from '@comfygen/selectors/rules';
import { workflowsUrl } from '@comfygen/workflows';
import { createComfyGen } from 'comfygen';
import { loadFlows } from 'comfygen/node';
import { createApp } from './app.ts';
import { serve } from './serve.ts';

const comfygen = createComfyGen({
  flows: await loadFlows(workflowsUrl),
  selector: rules(),
  executor: embedded(),
});
const { server, url } = await serve(createApp(comfygen), Number(process.env['PORT'] ?? 3000));
console.log(`${url}/pictures?prompt=a%20green%20frog`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close();
    await comfygen.dispose(); // ends the runs in flight
  });
}
