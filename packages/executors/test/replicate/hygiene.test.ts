import { hygieneCases } from '../service-cases/hygiene.ts';
import { service } from './service.ts';

hygieneCases(service);
