import { attached } from './attached.ts';
import type { FreeTextData } from './free-text-data.ts';
import { notNames } from './not-names.ts';

const NOUN =
  '(?:mensagens|mensagem|msgs?|textos?|sms|ligacoes|chamadas|alertas?|notificacoes|lembretes|avisos|emails?|licoes)';
/** What opt-out buttons name: "Interromper promoções". */
const OFFERED =
  '(?:promocoes|promocao|promos?|ofertas?|publicidade|propagandas?|marketing|atualizacoes|novidades|anuncios?|cupons|pesquisas?)';
const NOT_A_TIME =
  '(?! (?:antes|ate|as \\d+|hoje|amanha|durante|depois|agora|ainda|de manha|a noite|quando|enquanto|no trabalho)\\b)';

export const pt: FreeTextData = {
  courtesy: [
    'por favor',
    'pf',
    'pfv',
    'ja',
    'obrigado',
    'obrigada',
    'agora',
    'ola',
    'oi',
    'ok',
    'sim',
    'tudo',
    'isso',
    'isto',
    'desculpe',
    'de uma vez',
    'e',
    'imediatamente',
    'favor',
  ],
  sentences: ['pare', 'parem', 'interromper', 'interrompa', 'interrompam', 'descadastrar', 'desinscrever'],
  attached: attached.pt,
  notNames: notNames.pt,
  revocations: [
    {
      id: 'pt_stop_receiving',
      words: '(?:quero|gostaria de|desejo|como) (?:posso )?(?:parar|deixar) de receber',
    },
    {
      id: 'pt_stop_this',
      words:
        '(?:por favor )?(?:pare|parem|para|parar) (?:com|de)? ?(?:isso|isto|com isso)(?: ja| agora| por favor)?',
      whole: true,
    },
    {
      id: 'pt_leave',
      words:
        'nao quero (?:mais )?fazer parte|(?:sair|remover|remova|tirar)(?: meu numero)? (?:da|desta|dessa|do|deste|desse) (?:lista|grupo|programa|sistema)',
      turnable: true,
    },
    {
      id: 'pt_no_permission',
      words: 'nao (?:autorizo|dou (?:minha |meu )?(?:permissao|consentimento)|autorizei)',
    },
    {
      id: 'pt_stop_writing',
      words:
        '(?:pare|parem|para|parar|deixe|deixem|cesse|cessem) de (?:me |nos |ficar |estar )*(?:mandar|enviar|escrever|ligar|perturbar|incomodar|contatar|contactar|mandando|enviando|ligando|chamar|encher)',
      turnable: true,
    },
    {
      id: 'pt_stop_messages',
      words: `(?:pare|parem|parar|interromper|interrompa|interrompam|cancele|cancelem|cancelar|suspendam|chega)(?: (?:com|de|as|os|essas|estas|esses|suas|minhas|a|todas))* ${NOUN}`,
      turnable: true,
    },
    {
      id: 'pt_stop_offers',
      words: `(?:por favor )?(?:stop|pare|parem|parar|interromper|interrompa|interrompam|suspender|suspenda|cancelar|cancele|cancelem|chega|sem mais|nao mais|nao enviar)(?: (?:com|de|as?|os?|suas?|seus?|essas?|estas?|esses?|todas?|todos|mais|minhas))* ${OFFERED}(?: (?:por favor|ja|obrigad[oa]))*`,
      whole: true,
    },
    {
      id: 'pt_do_not_write',
      words: `(?:nao|nunca|jamais) (?:mais )?(?:me|nos) (?:mand(?:e|em|a)|envi(?:e|em|a)|escrev(?:a|am|e)|lig(?:ue|uem|a)|contat(?:e|em)|contact(?:e|em)|perturb(?:e|em)|incomod(?:e|em)|cham(?:e|em))(?: mais)?${NOT_A_TIME}`,
    },
    {
      id: 'pt_do_not_send',
      words: `nao (?:mand(?:e|em)|envi(?:e|em))(?: (?:mais|me|nada|essas|estas|esses|para mim))+(?: ${NOUN})?${NOT_A_TIME}`,
    },
    {
      id: 'pt_no_more',
      words: `(?:sem mais|nao mais|chega de|nada de|nao) ${NOUN}(?: por favor| obrigad[oa])?`,
      whole: true,
    },
    {
      id: 'pt_do_not_want',
      words: `nao (?:quero|desejo|gostaria de|preciso)(?: (?:mais|receber|essas|estas|esses|suas|as|que|me|continuar|recebendo|nenhuma|de|ser))* (?:${NOUN}|recebe-las|receber nada|mandem|enviem|liguem|escrevam|contatad[oa]|mande|envie)`,
    },
    {
      id: 'pt_do_not_want_this',
      words:
        '(?:eu )?nao quero (?:mais|isso|mais isso|nada|mais nada|participar|continuar|receber mais|mais receber|receber)(?: obrigad[oa]| por favor)?',
      whole: true,
    },
    {
      id: 'pt_remove_me',
      words:
        '(?:por favor )?(?:me (?:tir|remov|exclu|apag|retir|descadastr)\\w*|(?:tir|remov|exclu|apag|retir|descadastr)(?:e|em|a|am)(?: |)me)(?: (?:da|dessa|desta|do|de|das|deste|desse|sua|suas|essa|lista|listas|grupo|sistema|por favor|ja|cadastro))*',
      whole: true,
    },
    {
      id: 'pt_remove_me_list',
      words:
        '(?:(?:tir|remov|exclu|apag|retir)\\w*(?: |)me|me (?:tir|remov|exclu|apag|retir)\\w*) (?:da|dessa|desta|do|das|de)(?: \\w+)? ?(?:lista|listas|grupo|sistema|cadastro|programa)',
      turnable: true,
    },
    {
      id: 'pt_remove_number',
      words:
        '(?:tir|remov|exclu|apag|retir|delet)(?:e|em|a|am|ar|er|ir) (?:o |este |esse )?(?:meu )?(?:numero|telefone|celular|nome|contato)',
      turnable: true,
    },
    {
      id: 'pt_unsubscribe',
      words: '(?:descadastrar|desinscrever|descadastramento)(?: |)(?:me)?',
      turnable: true,
    },
    {
      id: 'pt_want_out',
      words:
        '(?:quero|gostaria de|desejo|preciso|como posso|como faco para|como faco pra|como) (?:cancelar|sair|parar|me descadastrar|me desinscrever)(?: (?:isso|essa|esse|a|minha|meu|o|de|da|do|as|disso|desse|desta))*(?: (?:inscricao|assinatura|servico|programa|lista|grupo|mensagens))?',
      whole: true,
    },
    {
      id: 'pt_cancel_service',
      words:
        'cancel(?:ar|e|em|o) (?:minha |a |essa |meu |o )?(?:inscricao|assinatura|servico|cadastro|consentimento)',
      turnable: true,
    },
    { id: 'pt_revoke', words: '(?:retiro|revogo) (?:o )?(?:meu )?(?:consentimento|permissao|autorizacao)' },
    { id: 'pt_wrong_number', words: '(?:numero|telefone) errado|pessoa errada|(?:e|foi) engano' },
    {
      id: 'pt_not_interested',
      words:
        '(?:nao |obrigad[oa] |mas )*(?:nao (?:tenho|estou) (?:mais )?interess(?:e|ad[oa])|sem interesse|nao me interessa)(?: obrigad[oa]| mais)?',
      whole: true,
    },
    { id: 'pt_leave_alone', words: '(?:me deixe?m?|deixe?m?(?: |)me) em paz' },
    {
      id: 'pt_enough',
      words: '(?:chega|ja chega|chega disso|basta|some daqui|vai embora)(?: por favor)?',
      whole: true,
    },
    {
      id: 'pt_did_not_sign_up',
      words:
        '(?:eu )?nao me (?:inscrevi|cadastrei)|(?:eu )?nao (?:pedi|solicitei|autorizei) (?:isso|essas|mensagens|nada)',
    },
    { id: 'pt_misspelt', words: '(?:canselar|cancela|descadastra|parre)', whole: true },
  ],
  turns: [
    'nao',
    'nunca',
    'sem',
    'jamais',
    'por que',
    'porque nao',
    'nao quero',
    'vou',
    'nao vou',
    'recebi',
    'tive que',
  ],
  harmless: [
    '(?:fim|fins) de (?:semana|ano|mes)',
    '(?:no|ao|por|ate o|ate) (?:fim|final)',
    'parar (?:o|a) (?:sangramento|hemorragia|contagio|virus|infeccao|tosse)',
    'parar de (?:fumar|beber|tossir)',
  ],
  doubts: [
    {
      id: 'pt_word_inside',
      words: '(?:pare|parem|parar|cancelar|cancele|cancelem|descadastr\\w*|desinscrev\\w*|chega)',
    },
    {
      id: 'pt_contact_inside',
      words: 'nao (?:me )?(?:mand\\w+|envi\\w+|escrev\\w+|lig(?:ue|uem)|perturb\\w+|incomod\\w+)',
    },
    {
      id: 'pt_do_not_want_inside',
      words: `nao quero (?:mais|isso|nada|continuar|receber|participar|${NOUN})|nao me interessa`,
    },
    {
      id: 'pt_who_gave',
      words: '(?:quem deu|como (?:conseguiram|conseguiu|tem)|de onde (?:tiraram|pegaram)) (?:o )?meu numero',
    },
    { id: 'pt_not_me', words: '(?:nao sou (?:eu|\\w+)|faleceu|ja faleceu|morreu)', whole: true },
    { id: 'pt_annoyed', words: '(?:assedio|spam|golpe|advogad[oa]|processar|incomodando|nao obrigad[oa])' },
  ],
};
