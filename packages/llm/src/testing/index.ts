export {
  createFakeAnthropic,
  type FakeAnthropic,
  type FakeAnthropicOptions,
} from './anthropic/fake-anthropic.ts';
export type { FakeProvider, FakeRequest } from './fake-server.ts';
export { createFakeOpenai, type FakeOpenai, type FakeOpenaiOptions } from './openai/fake-openai.ts';
export type { FakeCall, FakeReply, FakeScript } from './reply.ts';
