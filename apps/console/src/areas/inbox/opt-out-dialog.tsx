import { Button, Checkbox, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { useChange } from '../../api/use-change.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { tellDone } from '../../parts/tell.ts';
import { useTexts } from '../../texts/language.tsx';
import { consentMethod } from '../../words/people.ts';
import { useWord } from '../../words/use-word.ts';
import { shownNumber } from './shown-number.ts';
import { inboxTexts } from './texts.ts';

const methods = ['manual', 'voice', 'email', 'web'] as const;

/** Records that a person wants nothing any more, in their words and how they said it. */
export function OptOutDialog({
  close,
  conversation: { contact, phoneNumber },
}: {
  conversation: Conversation;
  close: () => void;
}) {
  const say = useTexts(inboxTexts);
  const method = useWord(consentMethod);
  const [how, setHow] = useState<(typeof methods)[number]>('manual');
  const [words, setWords] = useState('');
  const [isPending, setPending] = useState(false);
  const who = contact?.name ?? shownNumber(phoneNumber);
  const record = useChange('post', '/v1/consents/{phone}/opt-out', {
    touches: ['/v1/conversations', '/v1/consents', '/v1/people', '/v1/conversation-counts'],
    onDone: () => {
      void tellDone(say('optedOut', { who }));
      close();
    },
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (words.trim() === '') return;
    record.mutate({
      path: { phone: phoneNumber },
      body: {
        method: how,
        originalMessage: words.trim(),
        status: isPending ? 'pending_opt_out' : 'opted_out',
      },
    });
  };
  return (
    <Modal
      opened
      onClose={close}
      title={say('optOutTitle', { who })}
      centered
      closeButtonProps={{ 'aria-label': say('cancel') }}
    >
      <form onSubmit={send}>
        <Stack gap="sm">
          <Text size="sm">{say('optOutWhat')}</Text>
          <div>
            <Text size="xs" fw={500} mb={4} id="opt-out-how">
              {say('optOutHow')}
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="opt-out-how"
              value={how}
              onChange={(value) => setHow(methods.find((each) => each === value) ?? 'manual')}
              data={methods.map((value) => ({
                value,
                label: value === 'manual' ? say('optOutOther') : method(value).says,
              }))}
            />
          </div>
          <Textarea
            data-autofocus
            required
            label={say('optOutWords')}
            description={say('optOutWordsHint')}
            autosize
            minRows={2}
            maxLength={5_000}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <Checkbox
            label={say('optOutPending')}
            description={say('optOutPendingHint')}
            checked={isPending}
            onChange={(event) => setPending(event.currentTarget.checked)}
          />
          {record.error && <FaultBox error={record.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
            <Button type="submit" color="red" disabled={words.trim() === ''} loading={record.isPending}>
              {say('optOutDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
