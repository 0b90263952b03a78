import type { PredictionOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { formatShare } from '@/lib/numbers';
import classes from './Probabilities.module.css';

interface ProbabilitiesProps {
  predictions: PredictionOut[];
  most: number;
}

/** The likeliest classes with what the model gives each. */
export function Probabilities({ predictions, most }: ProbabilitiesProps) {
  const likeliest = [...predictions].sort((one, other) => other.probability - one.probability).slice(0, most);
  if (likeliest.length === 0) return null;
  return (
    <ul className={classes.list} aria-label="Predicted probabilities">
      {likeliest.map(({ label_class: of, probability }) => (
        <li key={of.id}>
          <ClassName of={of} />
          <span className="number">{formatShare(probability)}</span>
          <span className={classes.track} aria-hidden>
            <span style={{ width: `${probability * 100}%`, background: of.color }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
