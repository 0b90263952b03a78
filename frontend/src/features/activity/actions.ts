// What the audit trail keeps, in words.
import type { ActivityOut } from '@/api/types.gen';

export type Action = ActivityOut['action'];

export const ACTIONS: Record<Action, string> = {
  project_created: 'Project created',
  settings: 'Settings',
  classes: 'Classes',
  costs: 'Misclassification costs',
  rule: 'Retraining rule',
  budget: 'Budget',
  budget_rules: 'Budget rules',
  freeze: 'Budget frozen or released',
  allowance: 'Limits',
  rate: 'Rates',
  owed: 'Money owed',
  member: 'Members and roles',
  invitation: 'Invitations',
  annotator: 'Annotators',
  tier: 'Tiers',
  round_opened: 'Rounds opened by hand',
  plan: 'Plans of rounds',
  item_withdrawn: 'Items withdrawn by hand',
  queue_reranked: 'Queue ranked again',
  samples_marked: 'Samples put first or set aside',
  label_corrected: 'Corrected labels',
  dispute: 'Disputes',
  weak_source: 'Weak sources',
  run_started: 'Training started by hand',
  promotion: 'Champions',
  notifications: 'Notification settings',
};

export const ALL_ACTIONS = Object.keys(ACTIONS) as Action[];
