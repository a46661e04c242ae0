import { GatewaySchedule } from '../gateway-schedule.ts'
import type { Work } from './ledger.ts'

/** Decisions and deliveries by the local clock. */
export class Schedule extends GatewaySchedule<Work> {}
