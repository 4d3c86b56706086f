"""Does a mail address prove that somebody is of a place? By the place's own web domain, and by nothing near it. Pure.

It does when the mail domain is the site's host (without the labels in front that mean nothing: www, fr…) or lies below
it. A domain *above* it never proves: who writes from `universite.fr` need not be of `fablab.universite.fr`, and whoever
has a page at a host of pages is not that host. Nor does a site that is a page of somebody else's (`ville.fr/fablab`),
or that several places of the directory give (see `queries.count_sharing`).
"""

import re
from urllib.parse import urlsplit

from fablabmesh.mails.rules import clean_address

# Labels in front of a domain that are the whole site still.
_FRONT = re.compile(r"(?:www[0-9]?|site|web|blog|m|fr|en|home|accueil)\.(?=[^.]+\.)")
_FRONT_PAGE = re.compile(r"/?(?:(?:index|accueil|home)(?:\.(?:html?|php))?/?|(?:fr|en)/?)?", re.IGNORECASE)

# Where anybody has an address, or a page. What lies below one is not its own either.
SHARED = frozenset(
    """
    gmail.com googlemail.com google.com sites.google.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr
    msn.com microsoft.com yahoo.com yahoo.fr ymail.com icloud.com me.com mac.com aol.com aol.fr gmx.com gmx.fr gmx.net
    mail.com mail.ru yandex.com yandex.ru proton.me protonmail.com protonmail.ch pm.me tutanota.com tuta.io tuta.com
    zoho.com zohomail.eu mailo.com mailo.fr net-c.com netcourrier.com laposte.net laposte.fr orange.fr wanadoo.fr
    pagesperso-orange.fr monsite-orange.fr voila.fr free.fr freesurf.fr aliceadsl.fr alice.fr sfr.fr neuf.fr club.fr
    cegetel.net 9online.fr numericable.fr numericable.com noos.fr bbox.fr bouygtel.fr libertysurf.fr tiscali.fr tele2.fr
    club-internet.fr caramail.com lycos.fr ovh.fr ovh.com ovh.net ecomail.fr ouvaton.org ouvaton.coop lautre.net
    infini.fr riseup.net disroot.org autistici.org framasoft.org framalistes.org frama.site frama.io framapad.org
    yeswiki.pro gandi.net gandi.ws gandisites.fr ionos.fr ionos.com 1and1.fr infomaniak.com infomaniak.ch ik.me
    etik.com mailfence.com posteo.net posteo.de hey.com fastmail.com fastmail.fm duck.com simplelogin.com
    facebook.com fb.com fb.me instagram.com twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com
    mastodon.social framapiaf.org discord.gg discord.com meetup.com eventbrite.fr eventbrite.com helloasso.com
    billetweb.fr linktr.ee t.me wa.me flickr.com pinterest.com
    wordpress.com blogspot.com blogspot.fr over-blog.com over-blog.fr overblog.com canalblog.com blogger.com tumblr.com
    medium.com wixsite.com wix.com weebly.com jimdo.com jimdofree.com jimdosite.com e-monsite.com webnode.fr
    webnode.com webnode.page squarespace.com strikingly.com mystrikingly.com site123.me webself.net webador.fr
    sitew.com sitew.fr simplesite.com canva.site carrd.co notion.site notion.so super.site gitbook.io substack.com
    github.io github.com gitlab.io gitlab.com pages.dev netlify.app netlify.com vercel.app herokuapp.com web.app
    firebaseapp.com azurewebsites.net cloudfront.net amazonaws.com appspot.com onrender.com fly.dev glitch.me
    neocities.org surge.sh readthedocs.io codeberg.page codeberg.org sourceforge.net sourceforge.io
    wikipedia.org wikifab.org fablabs.io fablab.fr hackerspaces.org openstreetmap.org umap.openstreetmap.fr
    bit.ly tinyurl.com goo.gl ow.ly
    gouv.fr data.gouv.fr conseiller-numerique.gouv.fr education.fr ac-versailles.fr asso.fr com.fr nom.fr prd.fr tm.fr
    presse.fr avocat.fr medecin.fr notaires.fr co.uk org.uk ac.uk gov.uk com.pf asso.re com.re nom.re asso.nc
    eu.org eu.com fr.eu.org fr.to
    """.split()
)


def host_of(website: str) -> str:
    """The host whose mail would prove; nothing where no mail would."""
    text = website.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").encode("idna").decode().lower().rstrip(".")
    except (UnicodeError, ValueError):
        return ""
    if (
        parts.scheme not in ("http", "https")
        or not _FRONT_PAGE.fullmatch(parts.path)
        or parts.query
        or parts.username is not None
    ):
        return ""
    host = _FRONT.sub("", host, count=1) if _FRONT.match(host) else host
    # As on an envelope: at least two labels, no address of a machine.
    if clean_address(f"x@{host}") is None or is_shared(host):
        return ""
    return host


def is_shared(host: str) -> bool:
    """May anybody have an address or a page there?"""
    labels = host.split(".")
    # Schools of the State: each domain is that of a whole region's teachers.
    if re.search(r"(?:^|\.)ac-[a-z-]+\.fr$", host):
        return True
    return any(".".join(labels[index:]) in SHARED for index in range(len(labels)))


def proves(email: str, website: str) -> bool:
    """Is this an address of the place's own domain?"""
    host, address = host_of(website), clean_address(email)
    if not host or address is None:
        return False
    domain = address.rpartition("@")[2]
    return domain == host or domain.endswith(f".{host}")
