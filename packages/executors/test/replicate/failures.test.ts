import { failureCases } from '../service-cases/failures.ts';
import { service } from './service.ts';

failureCases(service);
