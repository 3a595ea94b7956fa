// Before the first paint, so that nobody at night sees a white flash; a file of its own, as inline scripts are not allowed.
(function () {
  var read = function (key) {
    try {
      return localStorage.getItem(key);
    } catch (e) {
      return null; // Storage can be forbidden; then the system's theme is taken.
    }
  };
  var theme = read('watchgate.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  var language = read('watchgate.language') || (/^zh/i.test(navigator.language) ? 'zh' : 'en');
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  if (!('noModule' in HTMLScriptElement.prototype) || typeof Array.prototype.at !== 'function')
    document.write('<p>This browser is too old for the dashboard: Chrome 109, Firefox 115, Safari 16.4 or newer. <a href="/docs">Documentation</a></p>');
})();
