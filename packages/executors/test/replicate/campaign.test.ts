import { campaignCases } from '../service-cases/campaign.ts';
import { service } from './service.ts';

campaignCases(service);
