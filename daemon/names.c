/*
 * Cost: one walk of the image at the first attribute request, about 0.1 us per name; nothing at mount.
 */
#include "names.h"

#include <errno.h>
#include <string.h>

#include "guard.h"
#include "walk.h"
#include "xattr.h"

void names_init(struct names *names)
{
	*names = (struct names){ 0 };
	pthread_mutex_init(&names->lock, NULL);
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static int record_names(void *context, const struct image *img, const struct inode *inode, const char **why)
{
	static const char selinux[] = "selinux";
	struct names *names = context;
	struct xattr_cursor cursor;
	struct xattr found;
	int err = xattr_start(img, inode, VIEW_MERGED, &cursor);

	*why = "an extended attribute lies outside the image";
	while (err == 0 && (err = xattr_next_shown(&cursor, &found)) == 0) {
		names->any = true;
		if (starts_with(found.prefix, "system.posix_acl_"))
			names->acl = true;
		if (starts_with(found.prefix, "security.") && found.suffix_bytes == sizeof(selinux) - 1 &&
		    memcmp(found.suffix, selinux, sizeof(selinux) - 1) == 0)
			names->selinux = true;
	}
	return err == -ENODATA ? 0 : err;
}

struct learning {
	struct names *names;
	const struct image *img;
};

static int learn(void *context)
{
	struct learning *learning = context;
	struct walk_result result;

	return walk_image(learning->img, record_names, learning->names, &result);
}

void names_learn(struct names *names, const struct image *img)
{
	struct learning learning = { names, img };

	pthread_mutex_lock(&names->lock);
	if (!names->known) {
		if (guarded(learn, &learning) != 0)
			names->any = names->acl = names->selinux = true;
		names->known = true;
	}
	pthread_mutex_unlock(&names->lock);
}
