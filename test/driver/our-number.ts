/** Of every system that tests start. */
export const OUR_NUMBER = '+14155550100';
