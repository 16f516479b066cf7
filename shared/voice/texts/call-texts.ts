/** What calls say besides the message of their campaign. `{number}`: the toll-free number, digit by digit. */
export interface CallTexts {
  identification: (organisation: string) => string;
  optOutPrompt: string;
  repeatPrompt: string;
  goodbye: (number: string) => string;
  optedOutConfirmation: string;
  /** To whoever calls us, instead of the identification. */
  calledBack: (organisation: string) => string;
  /** To whoever calls us with a number that is not shown, and presses key 9. */
  numberWithheld: string;
  /** After the message, on a machine. */
  machineEnd: (number: string) => string;
}
