import { describeRecordedCalls } from './recorded-calls-test.ts';

describeRecordedCalls('polling');
