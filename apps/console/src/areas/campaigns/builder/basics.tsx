import { TagsInput, TextInput } from '@mantine/core';
import { Status } from '../../../parts/status.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { campaignType } from '../../../words/campaigns.ts';
import { IntentChoice } from './basics-choices.tsx';
import { CampaignFields, fieldsOf } from './campaign-fields.tsx';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled } from './use-draft.ts';

export function Basics() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const form = useFilled('basics', {
    name: campaign.name,
    intent: campaign.intent,
    topic: campaign.definition.topic ?? '',
    acceptedKeywords: campaign.definition.acceptedKeywords,
    fields: Object.entries(campaign.definition.fields).map(([name, value]) => ({ name, value })),
  });
  const { fill, value: filled } = form;
  return (
    <SectionForm
      section="basics"
      form={form}
      change={() => ({
        name: filled.name.trim(),
        intent: filled.intent,
        definition: {
          topic: filled.topic.trim() === '' ? null : filled.topic.trim(),
          acceptedKeywords: filled.acceptedKeywords,
          fields: fieldsOf(filled.fields),
        },
      })}
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
      {campaign.type !== 'drill' && (
        <CampaignFields value={filled.fields} fill={(fields) => fill({ fields })} />
      )}
      {campaign.type !== 'drill' && (
        <TagsInput
          label={say('keywords')}
          description={say('keywordsHint')}
          placeholder={filled.acceptedKeywords.length === 0 ? say('keywordsNone') : ''}
          maxTags={20}
          maw={480}
          value={filled.acceptedKeywords}
          onChange={(keywords) => fill({ acceptedKeywords: keywords })}
        />
      )}
    </SectionForm>
  );
}
