import { Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { codeOf } from '../../../api/problem.ts';
import { useChange } from '../../../api/use-change.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { Differences } from '../drill/differences-view.tsx';
import { anchorOf, goTo } from './editing.ts';
import classes from './editor.module.css';
import { editorTexts } from './texts.ts';
import type { Editor } from './use-editor.ts';

/** How what stands here is kept, in a few words. */
export function SaveState({ editor }: { editor: Editor }) {
  const say = useTexts(editorTexts);
  const { base, isSaved, isSaving, kept, mayEdit } = editor;
  if (!mayEdit) return say('readOnly');
  const [tone, text] = isSaving
    ? (['info', 'saving'] as const)
    : !isSaved
      ? (['held', 'waiting'] as const)
      : kept.leftOut.length > 0
        ? (['held', 'partlySaved'] as const)
        : (['good', 'saved'] as const);
  return (
    <span role="status">
      <TonedText tone={tone}>{say(text)}</TonedText>
      {tone === 'good' && (
        <>
          {' · '}
          {base.updatedBy}
        </>
      )}
    </span>
  );
}

/** What stands in the way of keeping it: all is still here. */
export function Keeping({ editor }: { editor: Editor }) {
  const say = useTexts(editorTexts);
  const { changedBy, error, kept, overtaking } = editor;
  return (
    <>
      {changedBy !== null && <Notice tone="info" title={say('changedMeanwhile', { by: changedBy })} />}
      {overtaking !== null && <Overtaken editor={editor} overtaking={overtaking} />}
      {error !== null &&
        (codeOf(error) === 'not_found' ? (
          <Gone editor={editor} />
        ) : (
          <FaultBox error={error} again={editor.again} />
        ))}
      {kept.leftOut.length > 0 && (
        <Notice tone="held" title={say('leftOutTitle')}>
          <List size="sm">
            {kept.leftOut.map(({ prompt, what }) => (
              <List.Item key={`${prompt} ${what}`}>
                <Anchor component="button" type="button" size="sm" onClick={() => goTo(anchorOf(prompt))}>
                  {what === 'name'
                    ? say('leftOut_name')
                    : say(`leftOut_${what}`, { number: (prompt ?? 0) + 1 })}
                </Anchor>
              </List.Item>
            ))}
          </List>
        </Notice>
      )}
    </>
  );
}

function Overtaken({
  editor,
  overtaking: { both, of, theirs },
}: {
  editor: Editor;
  overtaking: NonNullable<Editor['overtaking']>;
}) {
  const say = useTexts(editorTexts);
  const [isShown, setShown] = useState(false);
  const mine = editor.kept.draft;
  return (
    <Notice
      tone="held"
      title={
        of === null
          ? say('overtakenTitle', { by: theirs.updatedBy })
          : of.name === ''
            ? say('leftHereTitle')
            : say('leftHereTitleBy', { by: of.name })
      }
    >
      <Stack gap="sm">
        <Text size="sm">
          {say(of !== null ? 'leftHereHint' : both === null ? 'overtakenChoose' : 'overtakenBoth')}
        </Text>
        <Group gap="xs">
          {of === null && both !== null && (
            <Button onClick={() => editor.settle(both)}>{say('putTogether')}</Button>
          )}
          <Button
            variant="default"
            onClick={() => editor.settle(of === null ? editor.working : (both ?? editor.working))}
          >
            {say(of === null ? 'takeMine' : 'takeLeft')}
          </Button>
          <Button variant="default" onClick={() => editor.settle(theirs.draft)}>
            {say(of === null ? 'takeTheirs' : 'takeSaved')}
          </Button>
          {mine !== null && (
            <Button variant="subtle" onClick={() => setShown(!isShown)} aria-expanded={isShown}>
              {say(isShown ? 'hideDifferences' : 'showDifferences')}
            </Button>
          )}
        </Group>
        {isShown && mine !== null && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <section className={classes.diffBox} aria-label={say('showDifferences')} tabIndex={0}>
            <Differences from={theirs.draft} to={mine} />
          </section>
        )}
      </Stack>
    </Notice>
  );
}

/** It was published or given up by somebody else: what stands here can become a draft of its own. */
function Gone({ editor }: { editor: Editor }) {
  const say = useTexts(editorTexts);
  const create = useChange('post', '/v1/drill-drafts', { touches: ['/v1/drill-drafts'] });
  const { draft } = editor.kept;
  return (
    <Notice tone="held" title={say('goneTitle')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{say('goneHint')}</Text>
        {create.error && <FaultBox error={create.error} />}
        {draft !== null && (
          <Button
            loading={create.isPending}
            onClick={() => create.mutate({ body: draft }, { onSuccess: editor.goOnFrom })}
          >
            {say('beginAnew')}
          </Button>
        )}
      </Stack>
    </Notice>
  );
}
