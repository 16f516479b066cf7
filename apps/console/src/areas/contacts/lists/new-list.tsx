import { Button, Stack } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { contactTexts } from '../texts.ts';
import { ListForm } from './list-form.tsx';
import { listsTexts } from './texts.ts';

export function NewList() {
  const say = useTexts(listsTexts);
  const common = useTexts(contactTexts);
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useChange('post', '/v1/lists', {
    touches: ['/v1/lists'],
    onDone: (list) => {
      void tellDone(say('created', { name: list.name }));
      void navigate({ to: '/contacts/lists/$listId', params: { listId: list.id } });
    },
  });
  const close = (): void => void navigate({ to: '/contacts/lists' });
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if (name.trim() !== '') create.mutate({ body: { name: name.trim(), description } });
  };
  return (
    <SideDrawer
      title={say('create')}
      state={say('createState')}
      close={close}
      actions={
        <>
          <Action
            needs="operator"
            loading={create.isPending}
            whyNot={name.trim() === '' ? say('nameFirst') : undefined}
            does={() => send()}
          >
            {say('createDo')}
          </Action>
          <Button variant="default" onClick={close}>
            {common('cancel')}
          </Button>
        </>
      }
    >
      <form onSubmit={send}>
        <Stack gap="md">
          <ListForm name={name} setName={setName} description={description} setDescription={setDescription} />
          {create.error && <FaultBox error={create.error} />}
          <button type="submit" hidden />
        </Stack>
      </form>
    </SideDrawer>
  );
}
