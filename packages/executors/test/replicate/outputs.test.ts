import { outputCases } from '../service-cases/outputs.ts';
import { service } from './service.ts';

outputCases(service);
