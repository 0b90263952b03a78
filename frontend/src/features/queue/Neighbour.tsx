import type { NeighbourOut } from '@/api/types.gen';
import { SampleLink } from '@/components/SampleLink';
import classes from './Neighbour.module.css';

interface NeighbourProps {
  neighbour: NeighbourOut;
  fit: 'thumbnail' | 'large';
}

/** The labeled sample that tells why another was chosen, to be compared with it. */
export function Neighbour({ neighbour, fit }: NeighbourProps) {
  const { sample_id, sample_name, picture_url, label } = neighbour;
  return (
    <figure className={classes.neighbour} data-fit={fit} data-testid="neighbour">
      <img src={picture_url} alt={`${sample_name}, to compare with`} loading="lazy" decoding="async" />
      <figcaption>
        Compare with {fit === 'large' ? <SampleLink id={sample_id}>{sample_name}</SampleLink> : sample_name}
        {label && <>, labeled {label.name}</>}
      </figcaption>
    </figure>
  );
}
