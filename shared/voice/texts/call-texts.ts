/** What calls say besides the message of their campaign. `{number}`: the toll-free number, digit by digit. */
export interface CallTexts {
  identification: (organisation: string) => string;
  optOutPrompt: string;
  repeatPrompt: string;
  goodbye: (number: string) => string;
  optedOutConfirmation: string;
  /** After the message, on a machine. */
  machineEnd: (number: string) => string;
}
