import classes from './HeatPicture.module.css';

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface HeatPictureProps {
  item: {
    picture_url: string;
    width: number;
    height: number;
    sample_name?: string;
    heat_url: string | null;
    map_sentence: string | null;
    /** Where people say that the object is, in shares of the sides. */
    box?: Box | null;
    /** The same, as an outline of the picture's size. */
    mask_url?: string | null;
  };
  /** The box to fit in: a square thumbnail, or as large as the window allows. */
  fit: 'thumbnail' | 'large';
  /** What the box or the outline is. */
  boxed?: string;
}

/** A picture with its heatmap on top, both in one box of the picture's own shape. */
export function HeatPicture({ item, fit, boxed = 'Where the object is marked' }: HeatPictureProps) {
  const ratio = item.width / item.height;
  const width = fit === 'thumbnail' ? `${Math.min(1, ratio) * 100}%` : `min(100%, calc(68dvh * ${ratio}))`;
  return (
    <div className={classes.frame} data-fit={fit}>
      <div className={classes.picture} style={{ width, aspectRatio: `${item.width} / ${item.height}` }}>
        <img
          src={item.picture_url}
          alt={item.sample_name ?? 'The picture to label'}
          loading="lazy"
          decoding="async"
        />
        {item.heat_url && (
          <img
            src={item.heat_url}
            alt={item.map_sentence ?? ''}
            className={classes.heat}
            loading="lazy"
            decoding="async"
            data-testid="heat"
          />
        )}
        {item.mask_url ? (
          <img
            src={item.mask_url}
            alt={boxed}
            className={classes.outline}
            loading="lazy"
            data-testid="mask"
          />
        ) : (
          item.box && <BoxFrame box={item.box} name={boxed} />
        )}
      </div>
    </div>
  );
}

function BoxFrame({ box: { left, top, right, bottom }, name }: { box: Box; name: string }) {
  const [x, y, width, height] = [left, top, right - left, bottom - top].map((one) => `${100 * one}%`);
  return (
    <div
      className={classes.box}
      style={{ left: x, top: y, width, height }}
      role="img"
      aria-label={name}
      title={name}
      data-testid="box"
    />
  );
}
