import { fetchAsUser } from '../../api/client.ts';
import { NoAnswer } from '../../api/problem.ts';
import { tellFault } from '../../parts/tell.ts';
import { languages } from '../../texts/define.ts';
import { downloadTexts } from './texts.ts';

/** Saves a file of the API on this machine, as whoever is signed in: a link alone would send no key. */
export async function downloadFile(path: string, name: string): Promise<void> {
  const language = languages.find((each) => each === document.documentElement.lang) ?? 'en';
  try {
    const answer = await fetchAsUser(new Request(new URL(path, location.origin)));
    if (!answer.ok) throw new NoAnswer(answer.status);
    const address = URL.createObjectURL(await answer.blob());
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  } catch {
    // Whatever it was: nothing was saved, and it can be tried again.
    const said = (text: 'failed' | 'failedHint'): string => downloadTexts[language][text];
    void tellFault(said('failed'), said('failedHint'));
  }
}
