import { ActionIcon, Button, Group, Modal, Stack, Text, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { many, one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { Action } from '../../../parts/action.tsx';
import { SegmentCounter } from '../../../parts/phone/segment-counter.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { tellDone } from '../../../parts/tell.ts';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import classes from './thread.module.css';

const LONGEST_NAME = 200;
const LONGEST_TEXT = 1_600;
const touches = ['/v1/canned-replies'];

/** Canned replies: new ones, other words, away with one. `written`: what a new one begins as. */
export function CannedDialog({ close, written }: { close: () => void; written: string }) {
  const say = useTexts(inboxTexts);
  const [edited, setEdited] = useState<string | 'new' | null>(null);
  const { rows } = useRows(many('/v1/canned-replies', { query: {} }));
  const onError = useTellWhy();
  const may = useMay('operator');
  const remove = useChange('delete', '/v1/canned-replies/{id}', {
    touches,
    onDone: () => void tellDone(say('cannedRemoved')),
  });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={say('canned')}
      closeButtonProps={{ 'aria-label': say('cancel') }}
    >
      {edited !== null ? (
        edited === 'new' ? (
          <NewForm written={written} leave={() => setEdited(null)} />
        ) : (
          <EditForm id={edited} leave={() => setEdited(null)} />
        )
      ) : (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {say('cannedFor')}
          </Text>
          {rows.map(({ body, id, name }) => (
            <Group
              key={id}
              justify="space-between"
              wrap="nowrap"
              align="flex-start"
              className={classes.cannedRow}
            >
              <div>
                <Text size="sm" fw={500}>
                  {name}
                </Text>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  {body}
                </Text>
              </div>
              <Group gap={4} wrap="nowrap">
                <Tooltip label={say('cannedEdit', { name })}>
                  <ActionIcon
                    disabled={!may}
                    aria-label={say('cannedEdit', { name })}
                    onClick={() => setEdited(id)}
                  >
                    <IconPencil size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label={say('cannedRemove', { name })}>
                  <ActionIcon
                    disabled={!may}
                    aria-label={say('cannedRemove', { name })}
                    onClick={() => remove.mutate({ path: { id } }, { onError })}
                  >
                    <IconTrash size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              </Group>
            </Group>
          ))}
          <Group>
            <Action
              needs="operator"
              leftSection={<IconPlus size={16} aria-hidden />}
              does={() => setEdited('new')}
            >
              {say('cannedNew')}
            </Action>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function NewForm({ leave, written }: { written: string; leave: () => void }) {
  const onError = useTellWhy();
  const create = useChange('post', '/v1/canned-replies', { touches, onDone: leave });
  return (
    <Form
      first={{ name: '', body: written }}
      isBusy={create.isPending}
      leave={leave}
      save={(body) => create.mutate({ body }, { onError })}
    />
  );
}

/** As it is now, with its version: a list has none. */
function EditForm({ id, leave }: { id: string; leave: () => void }) {
  const onError = useTellWhy();
  const { data } = useQuery({ ...one('/v1/canned-replies/{id}', { path: { id } }), staleTime: 0 });
  const update = useChange('patch', '/v1/canned-replies/{id}', { touches, onDone: leave });
  if (data === undefined) return null;
  return (
    <Form
      first={data}
      isBusy={update.isPending}
      leave={leave}
      save={(body) => update.mutate({ path: { id }, body, seen: data }, { onError })}
    />
  );
}

function Form({
  first,
  isBusy,
  leave,
  save,
}: {
  first: { name: string; body: string };
  isBusy: boolean;
  save: (given: { name: string; body: string }) => void;
  leave: () => void;
}) {
  const say = useTexts(inboxTexts);
  const [name, setName] = useState(first.name);
  const [body, setBody] = useState(first.body);
  const isWhole = name.trim() !== '' && body.trim() !== '';
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (isWhole) save({ name: name.trim(), body: body.trim() });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          required
          label={say('cannedName')}
          maxLength={LONGEST_NAME}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          required
          label={say('cannedBody')}
          autosize
          minRows={3}
          maxLength={LONGEST_TEXT}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
        <SegmentCounter text={body} replace={setBody} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={leave}>
            {say('cancel')}
          </Button>
          <Button type="submit" disabled={!isWhole} loading={isBusy}>
            {say('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
