import type { Refusal } from '../domain/task/answers.ts';

/** The board said no. Thrown by the verbs of a claim handle, where an ignored value would be a silent success. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: Refusal;
  constructor(answer: Refusal) {
    super(answer.message);
    this.answer = answer;
  }
}
