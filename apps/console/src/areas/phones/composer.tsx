import { ActionIcon, Group, Select, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconPhone, IconPhoto, IconSend } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { tellFault } from '../../parts/tell.ts';
import { useTexts } from '../../texts/language.tsx';
import classes from './phones.module.css';
import { callFrom } from './simulator.ts';
import { phoneTexts } from './texts.ts';

const LONGEST = 1_600;
const isWebAddress = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

/** What the person at the phone writes with: to which of our numbers, words, a picture by its address; or calls. */
export function Composer({
  choose,
  number,
  ours,
  to,
  write,
}: {
  number: string;
  ours: readonly string[];
  to: string;
  choose: (ours: string) => void;
  write: (text: { body: string; mediaUrls: string[] }) => void;
}) {
  const say = useTexts(phoneTexts);
  const [body, setBody] = useState('');
  const [picture, setPicture] = useState<string | null>(null);
  const call = useMutation({
    mutationFn: () => callFrom(number, to),
    onError: (error) => void tellFault(say('failed', { number }), error.message),
  });
  const mediaUrls = picture === null || picture.trim() === '' ? [] : [picture.trim()];
  const isWrong = mediaUrls.some((address) => !isWebAddress(address));
  const maySend = (body.trim() !== '' || mediaUrls.length > 0) && !isWrong && to !== '';
  const send = (): void => {
    if (!maySend) return;
    write({ body, mediaUrls });
    setBody('');
    setPicture(null);
  };
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Group gap={4} wrap="nowrap">
        <Select
          aria-label={say('to')}
          data={[...ours]}
          value={to}
          onChange={(value) => value !== null && choose(value)}
          allowDeselect={false}
          className={classes.to}
        />
        <Tooltip label={say('picture')}>
          <ActionIcon
            aria-label={say('picture')}
            aria-pressed={picture !== null}
            onClick={() => setPicture(picture === null ? '' : null)}
          >
            <IconPhoto size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={say('call', { number: to })}>
          <ActionIcon
            aria-label={say('call', { number: to })}
            disabled={to === ''}
            loading={call.isPending}
            onClick={() => call.mutate()}
          >
            <IconPhone size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      {picture !== null && (
        <TextInput
          aria-label={say('pictureAddress')}
          placeholder={say('pictureAddress')}
          value={picture}
          onChange={(event) => setPicture(event.currentTarget.value)}
          error={isWrong && say('noAddress')}
          autoFocus
          type="url"
        />
      )}
      <Group gap={4} wrap="nowrap" align="flex-end">
        <Textarea
          aria-label={say('textOf', { number })}
          placeholder={say('text')}
          className={classes.words}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          maxLength={LONGEST}
          autosize
          minRows={1}
          maxRows={4}
        />
        <ActionIcon
          type="submit"
          variant="filled"
          color="teal"
          size={30}
          disabled={!maySend}
          aria-label={say('send')}
        >
          <IconSend size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </form>
  );
}
