import { pollingCases } from '../service-cases/polling.ts';
import { service } from './service.ts';

pollingCases(service);
