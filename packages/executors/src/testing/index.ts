export {
  type FakeReply,
  type FakeRequest,
  type FakeRoute,
  type FakeService,
  type FakeServiceOptions,
  startFakeService,
} from './fake-service.ts';
export type { Fault, FaultScript, RetryHint } from './fault.ts';
export { createTestClock, type TestClock } from './test-clock.ts';
