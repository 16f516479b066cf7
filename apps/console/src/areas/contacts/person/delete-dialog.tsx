import { Button, Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Contact } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { contactTexts } from '../texts.ts';
import { personTexts } from './texts.ts';

/** Before a contact is deleted: what goes with it, and what stays. */
export function DeleteDialog({ contact, close }: { contact: Contact; close: () => void }) {
  const say = useTexts(personTexts);
  const common = useTexts(contactTexts);
  const navigate = useNavigate();
  const name = contact.name ?? contact.phoneNumber;
  const remove = useChange('delete', '/v1/contacts/{id}', {
    touches: ['/v1/contacts', '/v1/lists', '/v1/contact-tags'],
    onDone: () => {
      void tellDone(say('deleted', { name }));
      void navigate({ to: '/contacts' });
    },
  });
  return (
    <Dialog close={close} title={say('deleteTitle', { name })}>
      <Stack gap="sm">
        <Text size="sm">{say('deleteWhat')}</Text>
        {remove.error && <FaultBox error={remove.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {common('cancel')}
          </Button>
          <Button
            color="red"
            loading={remove.isPending}
            onClick={() => remove.mutate({ path: { id: contact.id }, seen: contact })}
          >
            {say('deleteDo')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
