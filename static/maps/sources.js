/* Where marks come from: all places at once, or tiles that the server counted. Both give the same: places that stand
   out, and groups of the crowd at a zoom. Places are on the plane of Web Mercator, SIDE units wide (maps/grid.py). */
"use strict";

Object.assign(mesh, (() => {
  const { read } = mesh;
  const SIDE = 2 ** 30;
  const ACROSS = 7;
  const HEIGHT = Math.sqrt(3) / 2;
  const EACH_FROM = 13;
  const DEEPEST = 17;
  const MOST_TILES = 300;

  // A tile is drawn 512 pixels wide: that of a zoom is of the zoom before.
  const tileZoom = (zoom) => Math.max(0, Math.min(DEEPEST, Math.round(zoom) - 1));

  /* Rows come column by column; `spot` says where on the plane. */
  function placesOf(columns, spot) {
    const names = Object.keys(columns);
    return columns.slug.map((_slug, index) => {
      const place = {};
      for (const name of names) place[name] = columns[name][index];
      [place.x, place.y] = spot(place.x, place.y);
      return place;
    });
  }

  const plain = (scale) => (x, y) => [x * scale + scale / 2, y * scale + scale / 2];
  const alone = (place) => ({ x: place.x, y: place.y, count: 1, members: [place] });
  const standsOut = (place, own) => place.year > 0 || place.kind === "pole" || place.slug === own;

  /* --- all at once ------------------------------------------------------------------------------------------------ */

  class Rows {
    constructor(data, own) {
      const places = placesOf(data.columns, plain(data.scale));
      this.overseas = data.overseas;
      this.count = places.length;
      this.known = new Map(places.map((place) => [place.slug, place]));
      this.chosen = places.filter((place) => standsOut(place, own));
      this.crowd = places.filter((place) => !standsOut(place, own));
      this.byZoom = new Map();
    }

    async find(slug) {
      return this.known.get(slug);
    }

    /* Which of these places are among what is shown. */
    async among(slugs) {
      return new Set(slugs.filter((slug) => this.known.has(slug)));
    }

    /* Every group of a zoom; the same for as long as the data are. */
    groups(zoom) {
      const depth = tileZoom(zoom);
      if (!this.byZoom.has(depth)) this.byZoom.set(depth, depth >= EACH_FROM ? this.crowd.map(alone) : this.gathered(depth));
      return this.byZoom.get(depth);
    }

    gathered(depth) {
      const across = ACROSS * 2 ** depth;
      const cells = new Map();
      for (const place of this.crowd) {
        const row = Math.floor((place.y * across) / (SIDE * HEIGHT));
        const col = Math.floor((place.x * across) / SIDE + 0.5 * (row & 1));
        const key = row * 2 ** 22 + col;
        const cell = cells.get(key);
        if (cell) cell.push(place);
        else cells.set(key, [place]);
      }
      return [...cells.values()].map((members) => ({
        x: members.reduce((sum, each) => sum + each.x, 0) / members.length,
        y: members.reduce((sum, each) => sum + each.y, 0) / members.length,
        count: members.length,
        members,
      }));
    }

    async prepare() {}
  }

  /* --- tile by tile ----------------------------------------------------------------------------------------------- */

  class Tiles {
    constructor(own, addresses) {
      Object.assign(this, addresses);
      this.own = own;
      this.known = new Map();
      this.tiles = new Map();
      this.waiting = new Map();
    }

    take(data) {
      this.chosen = placesOf(data.columns, plain(data.scale));
      this.overseas = data.overseas;
      for (const place of this.chosen) this.known.set(place.slug, place);
    }

    get count() {
      return this.known.size;
    }

    async find(slug) {
      if (!this.known.has(slug)) {
        const data = await read(`${this.places}/reperes/${slug}.json`);
        this.known.set(slug, placesOf(data.columns, plain(data.scale))[0]);
      }
      return this.known.get(slug);
    }

    async among(slugs) {
      if (!this.search || !slugs.length) return null;
      return new Set((await read(`${this.places}/bouts.json${this.search}`)).slugs);
    }

    /* A place that the page is about stands out, too. */
    async addOwn() {
      if (!this.own || this.chosen.some((place) => place.slug === this.own)) return;
      const place = await this.find(this.own).catch(() => null);
      if (place) this.chosen.push(place);
    }

    /* `box`: west, north, east, south on the plane. Resolves when all that it needs is there, or did not come. */
    async prepare(zoom, box) {
      await Promise.all(this.keysOf(zoom, box).map((key) => this.tiles.has(key) || this.bring(key)));
      for (const key of this.tiles.keys()) {
        if (this.tiles.size <= MOST_TILES) break;
        this.tiles.delete(key);
      }
    }

    keysOf(zoom, [west, north, east, south]) {
      const depth = tileZoom(zoom);
      const side = SIDE / 2 ** depth;
      const last = 2 ** depth - 1;
      const within = (value) => Math.max(0, Math.min(last, Math.floor(value / side)));
      const keys = [];
      for (let x = within(west); x <= within(east); x += 1) {
        for (let y = within(north); y <= within(south); y += 1) keys.push(`${depth}/${x}/${y}`);
      }
      return keys;
    }

    bring(key) {
      if (!this.waiting.has(key)) {
        const asked = read(`${this.tilesAt}/${key}.json${this.search}`)
          .then((data) => this.tiles.set(key, this.groupsOf(key, data)))
          .finally(() => this.waiting.delete(key));
        this.waiting.set(key, asked);
      }
      return this.waiting.get(key);
    }

    groupsOf(key, data) {
      const [depth, column, row] = key.split("/").map(Number);
      const side = SIDE / 2 ** depth;
      const unit = side / data.extent;
      const spot = (x, y) => [column * side + (x + 0.5) * unit, row * side + (y + 0.5) * unit];
      const places = placesOf(data.columns, spot).filter((place) => place.slug !== this.own);
      for (const place of places) if (!this.known.has(place.slug)) this.known.set(place.slug, place);
      const cells = data.cells.map(([x, y, count]) => {
        const [left, top] = spot(x, y);
        return { x: left, y: top, count, members: null };
      });
      return [...cells, ...places.map(alone)];
    }

    groups(zoom, box) {
      return this.keysOf(zoom, box).flatMap((key) => this.tiles.get(key) || []);
    }
  }

  /* --- which ------------------------------------------------------------------------------------------------------ */

  /* `plan`: "lieux/version?search" or "tuiles/version?search", by the server's count; asked for where the page did not
     say it. */
  async function openSource(state, { places, tiles, zoom, box }) {
    const plan = state.plan || (await read(`${places}/plan.json?${state.query}`)).plan;
    const [, kind, version, search] = /^(\w+)\/([^?]+)(.*)$/.exec(plan);
    if (kind === "lieux") return new Rows(await read(`${places}/lieux-${version}.json${search}`), state.own);
    const made = new Tiles(state.own, { places, tilesAt: `${tiles}/${version}`, search });
    // What is in view is asked for meanwhile; should it not come, the drawing asks again and says so.
    made.prepare(zoom, box).catch(() => {});
    made.take(await read(`${places}/reperes-${version}.json${search}`));
    await made.addOwn();
    return made;
  }

  return { SIDE, openSource };
})());
