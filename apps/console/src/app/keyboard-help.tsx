import { List, Modal, Stack, Switch } from '@mantine/core';
import { useTexts } from '../texts/language.tsx';
import { areas } from './areas.ts';
import { shortcutsShown } from './keys.ts';
import { switchLetterKeys, useLetterKeys } from './letter-keys.ts';
import { shellTexts } from './texts.ts';

export function KeyboardHelp({ close }: { close: () => void }) {
  const say = useTexts(shellTexts);
  const isOn = useLetterKeys();
  return (
    <Modal
      opened
      onClose={close}
      title={say('keyboardTitle')}
      closeButtonProps={{ 'aria-label': say('close') }}
    >
      <Stack gap="md">
        <Switch
          label={say('letterKeys')}
          description={say('letterKeysHint')}
          checked={isOn}
          onChange={(event) => switchLetterKeys(event.currentTarget.checked)}
        />
        <List spacing={4}>
          {areas.map(({ letter, name }) => (
            <List.Item key={name}>{say('goTo', { letter: letter.toUpperCase(), area: say(name) })}</List.Item>
          ))}
          {shortcutsShown().map(({ key, says }) => (
            <List.Item key={key}>{say('keyHere', { letter: key.toUpperCase(), does: says })}</List.Item>
          ))}
          <List.Item>{say('keySearch')}</List.Item>
          <List.Item>{say('keyRows')}</List.Item>
          <List.Item>{say('keyClose')}</List.Item>
          <List.Item>{say('keyHelp')}</List.Item>
        </List>
      </Stack>
    </Modal>
  );
}
