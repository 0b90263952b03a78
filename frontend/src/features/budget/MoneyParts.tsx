import { Tabs } from '@mantine/core';
import type { BudgetStateOut, ClassCount, ForecastOut } from '@/api/types.gen';
import { formatMoneyShort } from '@/lib/money';
import { AllowancesPanel } from './AllowancesPanel';
import { BoughtPanel } from './BoughtPanel';
import { CalibrationPanel } from './CalibrationPanel';
import { LedgerPanel } from './LedgerPanel';
import classes from './MoneyParts.module.css';
import { OwedPanel } from './OwedPanel';
import { PayrollPanel } from './PayrollPanel';
import { RatesPanel } from './RatesPanel';
import { SavedPanel } from './SavedPanel';
import { SpendPanel } from './SpendPanel';
import { asTable, type MoneySearch, PARTS, type Part } from './search';

interface MoneyPartsProps {
  projectId: number;
  budget: BudgetStateOut;
  forecast: ForecastOut;
  counts: ClassCount[];
  mayChange: boolean;
  search: MoneySearch;
  onSearch: (changes: MoneySearch) => void;
}

/** Below the first screen, one at a time: where the money went, by which terms, and to whom. */
export function MoneyParts(props: MoneyPartsProps) {
  const { projectId, budget, forecast, mayChange, search, onSearch } = props;
  const shared = { projectId, currency: budget.currency, mayChange };
  return (
    <Tabs
      keepMounted={false}
      value={search.part ?? 'spending'}
      onChange={(part) => onSearch({ part: part as Part, page: undefined })}
    >
      <Tabs.List mb="sm" className={classes.list}>
        {Object.entries(PARTS).map(([part, name]) => (
          <Tabs.Tab key={part} value={part}>
            {part === 'owed' && Number(budget.owed) > 0
              ? `Owed ${formatMoneyShort(budget.owed, budget.currency)}`
              : name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="spending" className={search.spend || search.bought ? classes.stack : classes.halves}>
        <Spending {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="learning" className={classes.stack}>
        <SavedPanel forecast={forecast} />
        <CalibrationPanel forecast={forecast} />
      </Tabs.Panel>
      <Tabs.Panel value="rates" className={classes.stack}>
        <RatesPanel {...shared} />
        <AllowancesPanel {...shared} />
      </Tabs.Panel>
      <Tabs.Panel value="owed">
        <OwedPanel {...shared} owed={budget.owed} />
      </Tabs.Panel>
      <Tabs.Panel value="payroll">
        <PayrollPanel projectId={projectId} />
      </Tabs.Panel>
      <Tabs.Panel value="ledger">
        <LedgerPanel projectId={projectId} page={search.page ?? 1} onPage={(page) => onSearch({ page })} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Spending({ projectId, budget: { currency, spent }, counts, search, onSearch }: MoneyPartsProps) {
  return (
    <>
      <SpendPanel
        projectId={projectId}
        currency={currency}
        view={{ by: search.by ?? 'tier', table: search.spend === 'table' }}
        onView={({ by, table }) => onSearch({ by, spend: asTable(table) })}
      />
      <BoughtPanel
        projectId={projectId}
        currency={currency}
        spent={spent}
        counts={counts}
        table={search.bought === 'table'}
        onTable={(table) => onSearch({ bought: asTable(table) })}
      />
    </>
  );
}
