import { Button, type ButtonProps } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type MouseEvent, type ReactNode, useState } from 'react';
import { fetchAsUser } from '../api/client.ts';
import { currentKey } from '../api/key.ts';
import { ApiProblem, NoAnswer } from '../api/problem.ts';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { tellFault } from './tell.ts';
import { partTexts } from './texts.ts';
import { whyOf } from './why.ts';

/** A file of the API as the browser has it, fetched as whoever is signed in. Throws `ApiProblem` and `NoAnswer`. */
export async function fetchFile(address: string): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetchAsUser(new Request(new URL(address, location.origin)));
  } catch (error) {
    throw new NoAnswer(error);
  }
  if (answer.ok) return answer.blob();
  throw answer.headers.get('content-type')?.startsWith('application/problem+json')
    ? new ApiProblem(await answer.json())
    : new NoAnswer(answer.status);
}

/** Saves it under a name, as a link would. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * A file of the API to take away, of any length. Where somebody signed in with a key a link would not carry it: then the file
 * is fetched first, and saved.
 */
export function Download({
  address,
  name,
  children,
  ...button
}: ButtonProps & { address: string; name: string; children: ReactNode }) {
  const say = useTexts(partTexts);
  const language = useLanguage();
  const [isFetching, setFetching] = useState(false);
  const take = async (event: MouseEvent): Promise<void> => {
    if (currentKey() === null) return;
    event.preventDefault();
    setFetching(true);
    try {
      saveFile(await fetchFile(address), name);
    } catch (error) {
      const why = error instanceof ApiProblem ? whyOf(error.problem, language) : null;
      void tellFault(
        say('notSaved'),
        why === null ? say('noAnswerHint') : (why.detail ?? why.hint ?? why.title),
      );
    } finally {
      setFetching(false);
    }
  };
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      loading={isFetching}
      {...button}
      component="a"
      href={address}
      download={name}
      onClick={(event: MouseEvent) => void take(event)}
    >
      {children}
    </Button>
  );
}
