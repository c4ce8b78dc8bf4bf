import { submitCases } from '../service-cases/submit.ts';
import { service } from './service.ts';

submitCases(service);
