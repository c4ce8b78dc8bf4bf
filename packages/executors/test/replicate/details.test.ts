import { detailCases } from '../service-cases/details.ts';
import { service } from './service.ts';

detailCases(service);
