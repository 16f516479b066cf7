import { describeRecordedCalls } from './recorded-calls-test.ts';

describeRecordedCalls('fan-out');
