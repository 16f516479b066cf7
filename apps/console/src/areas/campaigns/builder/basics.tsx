import { TextInput } from '@mantine/core';
import { Status } from '../../../parts/status.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { campaignType } from '../../../words/campaigns.ts';
import { IntentChoice } from './basics-choices.tsx';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled, useSave } from './use-draft.ts';

export function Basics() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const saving = useSave();
  const [filled, fill, isChanged] = useFilled({
    name: campaign.name,
    intent: campaign.intent,
    topic: campaign.definition.topic ?? '',
  });
  return (
    <SectionForm
      section="basics"
      isChanged={isChanged}
      saving={saving}
      save={() =>
        saving.save({
          name: filled.name.trim(),
          intent: filled.intent,
          definition: { topic: filled.topic.trim() === '' ? null : filled.topic.trim() },
        })
      }
    >
      <TextInput
        label={say('name')}
        description={say('nameHint')}
        required
        maxLength={200}
        maw={480}
        value={filled.name}
        onChange={(event) => fill({ name: event.currentTarget.value })}
      />
      <div>
        {say('type')}: <Status words={campaignType} of={campaign.type} plain />
      </div>
      <IntentChoice value={filled.intent} choose={(intent) => fill({ intent })} />
      <TextInput
        label={say('topic')}
        description={say('topicHint')}
        maxLength={100}
        maw={480}
        value={filled.topic}
        onChange={(event) => fill({ topic: event.currentTarget.value })}
      />
    </SectionForm>
  );
}
