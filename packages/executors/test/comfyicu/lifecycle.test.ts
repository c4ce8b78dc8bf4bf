import { lifecycleCases } from '../service-cases/lifecycle.ts';
import { service } from './service.ts';

lifecycleCases(service);
