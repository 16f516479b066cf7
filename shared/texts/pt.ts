import type { BuiltInTexts } from './text-names.ts';

/** The texts about consent and help keep to letters that fit into one SMS segment (no ã, ç, ê, í). */
export const pt: BuiltInTexts = {
  tryAgain: 'Ainda não. Tente outra vez.',
  correctedAnswer: 'Ainda não. A resposta certa é: {{correctAnswer}}',
  right: 'Está certo!',
  invalidCode: 'Não conhecemos esse código. Confira e envie outra vez, ou responda AJUDA.',
  wordsOnly:
    'Desculpe, aqui não podemos ler imagens, gravações nem cartões de contato. Escreva em palavras, por favor.',
  reminder: 'Olá {{name}}, sua última pergunta de {{programme}} está esperando. Responda quando puder.',
  optOutConfirmation:
    '{{programme}} ({{organisation}}): cancelado, nenhuma outra mensagem vai chegar. Para voltar, responda START.',
  optedBackIn:
    '{{programme}}: vamos enviar mensagens de novo. Podem ser cobradas tarifas. AJUDA para ajuda, STOP para cancelar.',
  menu: '{{programme}}: responda MAIS para seguir, SUPORTE para falar com uma pessoa, AJUDA para ajuda, STOP para cancelar.',
  support: '{{programme}}: fale com uma pessoa em {{contact}}, ou escreva aqui e vamos ler.',
  help: '{{programme}} ({{organisation}}). Ajuda: {{contact}}. MAIS para seguir, STOP para cancelar. Podem ser cobradas tarifas.',
  nothingMore: 'Você terminou todas as lições de {{programme}}. Obrigado por participar!',
};
